//! `renkei import` from the command line to a hub: the region of the configuration is opened here, in this process,
//! so no other may work on it meanwhile.

use std::process::ExitCode;

use super::{ActingAs, ImportCommand, run};
use crate::actions::directory::{find_gateway, put_gateway};
use crate::actions::import::hub_target::HubTarget;
use crate::actions::sign_in::SignIns;
use crate::cli::config_arguments::print_mistakes;
use crate::cli::open::{self, OpenRegion};
use crate::cli::serve::{lock_data, runtime};
use crate::cli::{Complaint, EXIT_CONFIG, Terminal, start_logging};
use crate::config::Config;
use crate::domain::act::By;
use crate::domain::directory::{Actor, Directory, Position};
use crate::domain::ids::PersonId;
use crate::domain::role::Role;
use crate::domain::text::Text;
use crate::hub::Hub;

/// Runs the command.
pub fn start(command: &ImportCommand, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let Some(settled) = command.args().config.settle(terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    let mistakes: Vec<_> = settled.notes.iter().cloned().chain(settled.missing_files()).collect();
    print_mistakes(&mistakes, terminal);
    if mistakes.len() > settled.notes.len() {
        return Ok(ExitCode::from(EXIT_CONFIG));
    }
    start_logging(settled.config.log)?;
    runtime()?.block_on(import(command, &settled.config, terminal))
}

async fn import(command: &ImportCommand, config: &Config, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let _lock = lock_data(&config.data_dir)?;
    let OpenRegion { hub, tasks, journal } = open::open(config).await?;
    let outcome = import_into(command, hub, terminal).await;
    // What was accepted is durable either way; the hub ends in order before the report counts.
    tasks.finish().await;
    journal.close().await;
    outcome
}

async fn import_into(command: &ImportCommand, hub: Hub, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let args = command.args();
    let actor = importer(&hub, args.acting_as(), args.dry_run).await?;
    let now = hub.region().now();
    let target = HubTarget::new(hub, actor);
    let ending = run(command, &target, (now, terminal.language), &mut std::io::stdout().lock()).await?;
    Ok(ExitCode::from(ending.exit_code()))
}

/// Who the import is judged for.
async fn importer(hub: &Hub, acting_as: ActingAs, dry_run: bool) -> anyhow::Result<Actor> {
    let directory = hub.region().directory();
    match acting_as {
        ActingAs::Person { person, role, organisation } => {
            let roles = positions(&directory, person).filter(|position| position.organisation == organisation);
            let roles: Vec<Position> = roles.filter(|position| role.is_none_or(|role| role == position.role)).collect();
            match roles.as_slice() {
                [position] => directory.actor(person, *position).ok_or_else(|| no_position().into()),
                [] => Err(no_position().into()),
                several => Err(which_role(several).into()),
            }
        }
        ActingAs::Gateway { organisation } => {
            if let Some(gateway) = find_gateway(&directory, organisation) {
                return Ok(gateway);
            }
            let known = directory.organisations.get(&organisation).filter(|known| known.active);
            let known = known.ok_or_else(no_organisation)?;
            if dry_run {
                // Nothing is written, not even who would have written.
                let (person, role) = (PersonId(hub.region().draw_id()), Role::Gateway);
                return Ok(Actor { person, role, organisation, organisation_type: known.kind });
            }
            Ok(put_gateway(hub, &SignIns::new(hub.clone()), By::Operator, organisation).await?)
        }
    }
}

fn positions(directory: &Directory, person: PersonId) -> impl Iterator<Item = Position> {
    directory.people.get(&person).into_iter().flat_map(|person| person.positions.iter().copied())
}

fn no_organisation() -> Complaint {
    Complaint::new(Text::fixed(
        "--organisation の事業所は登録されていません",
        "the organisation of --organisation is not in the directory",
    ))
}

fn no_position() -> Complaint {
    Complaint::new(Text::fixed(
        "--as の人は、その事業所でその職種に就いていません",
        "the person of --as does not act in this role at the organisation",
    ))
}

fn which_role(positions: &[Position]) -> Complaint {
    let codes: Vec<&str> = positions.iter().map(|position| position.role.code()).collect();
    let codes = codes.join(", ");
    Complaint::new(Text::new(
        format!("--role でどの職種として取り込むかを選んでください: {codes}"),
        format!("choose with --role: {codes}"),
    ))
}
