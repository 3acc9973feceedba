"""The outside tools against a running hub: what they find, compared with what the project accepts (accepted.toml).

Run by `./test --outside`, which builds the hub. Everything stays on this machine: a demo hub on loopback with a folder
of its own, which ends with this script. The reports are left in target/outside."""

import argparse
import contextlib
import fnmatch
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import tomllib
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import provide

HERE = Path(__file__).parent
START_S_MAX = 60
TOOL_S_MAX = 1_800
# Signing out, or ending the sign-in that the tool itself uses, would end its run.
ENDS_THE_RUN = [
    "DELETE /api/v1/me", "DELETE /api/v1/me/sign-ins", "DELETE /api/v1/me/sign-ins/{id}", "PUT /api/v1/me/position",
    "DELETE /api/v1/people/{id}/sign-ins", "DELETE /api/v1/sign-ins/{id}", "POST /api/v1/people/{id}/recovery",
]  # fmt: skip


@dataclass
class Found:
    """What one tool found: what it looked at in numbers, and each finding as (id, what)."""

    looked_at: str
    findings: list = field(default_factory=list)


@dataclass
class Hub:
    """A demo hub: where it listens, where its folder is, and a token for each role."""

    url: str
    folder: Path
    tokens: dict

    @property
    def authority(self):
        """The development authority that signed its certificate."""
        return self.folder / "certs/authority.pem"

    def get(self, path, token):
        """What it answers."""
        request = urllib.request.Request(self.url + path, headers={"authorization": f"Bearer {token}"})
        context = ssl.create_default_context(cafile=self.authority)
        with urllib.request.urlopen(request, context=context, timeout=30) as answer:
            return json.load(answer)


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def program(*command, log):
    """A program that runs beside, and is stopped."""
    with log.open("w") as out:
        running = subprocess.Popen([str(word) for word in command], stdout=out, stderr=subprocess.STDOUT)
    try:
        yield running
    finally:
        running.send_signal(signal.SIGINT)
        try:
            running.wait(30)
        except subprocess.TimeoutExpired:
            running.kill()


def await_text(log, pattern, running):
    """The first match in what a program said."""
    deadline = time.monotonic() + START_S_MAX
    while time.monotonic() < deadline and running.poll() is None:
        if match := re.search(pattern, log.read_text(encoding="utf-8")):
            return match
        time.sleep(0.1)
    raise provide.Missing(f"it did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")


@contextlib.contextmanager
def demo_hub(binary, out):
    """A hub with an invented region in which hardly anything happens by itself."""
    folder, log, port = out / "hub", out / "hub.log", free_port()
    shutil.rmtree(folder, ignore_errors=True)
    listen = ["--listen", f"127.0.0.1:{port}", "--speed", "0.001", "--data", folder]
    with program(binary, "demo", *listen, log=log) as running:
        await_text(log, r"(?s)#token=.*authority\.pem", running)
        said = log.read_text(encoding="utf-8")
        tokens = {role.replace(" ", "-"): token for role, token in re.findall(r"\(([a-z -]+)\).*#token=(\S+)", said)}
        yield Hub(f"https://127.0.0.1:{port}", folder, tokens)


def read_report(path):
    """A tool's report in JSON."""
    if not path.exists():
        raise provide.Missing(f"{path.name} was not written")
    return json.loads(path.read_text(encoding="utf-8"))


def tool(*command, log, **options):
    """Runs a tool; most exit with an error when they find something, so only what they report counts."""
    with log.open("w") as out:
        words = [str(word) for word in command]
        subprocess.run(words, stdout=out, stderr=subprocess.STDOUT, timeout=TOOL_S_MAX, check=False, **options)


def sslyze(hub, out, tools):
    """The line against Mozilla's modern profile."""
    bin_folder = provide.environment(tools / "sslyze", provide.SSLYZE)
    log, address = out / "sslyze.log", hub.url.removeprefix("https://")
    modern = ["--mozilla_config=modern", f"--certinfo_ca_file={hub.authority}"]
    tool(bin_folder / "sslyze", *modern, address, log=log)
    said = log.read_text(encoding="utf-8")
    verdict = re.search(r"(?ms)^    \S+: (OK|FAILED) - (?:Not c|C)ompliant\.(.*)", said)
    if verdict is None:
        raise provide.Missing(f"sslyze came to no verdict: {log}")
    return Found("the modern profile", re.findall(r"\* (\w+): (.*)", verdict[2]))


def testssl(hub, out, _tools):
    """The line, by another hand."""
    provide.debian_packages()
    report = out / "testssl.json"
    report.unlink(missing_ok=True)
    options = ["--quiet", "--color", "0", "--warnings", "off", "--add-ca", hub.authority, "--jsonfile", report]
    url = hub.url.replace("127.0.0.1", "localhost")
    tool(provide.found("testssl"), *options, url, log=out / "testssl.log")
    checks = read_report(report)
    # Of this machine's own OpenSSL, not of the hub.
    checks = [check for check in checks if check["id"] != "engine_problem"]
    bad = [(check["id"], check["finding"]) for check in checks if check["severity"] not in ("OK", "INFO")]
    return Found(f"{len(checks)} checks", bad)


def schemathesis(hub, out, tools):
    """Every operation of the document, as each role; the secretariat, which may change much, last."""
    bin_folder = provide.environment(tools / "schemathesis", provide.SCHEMATHESIS)
    seen = {role: names_seen(hub, token) for role, token in hub.tokens.items()}
    everybody = set().union(*seen.values())
    roles = sorted(hub.tokens, key=lambda role: (role == "secretariat", role))
    cases, findings, told = 0, [], []
    for role in roles:
        hidden = out / f"hidden-{role}.txt"
        # The secretariat may search the whole region.
        kept_from = set() if role == "secretariat" else everybody - seen[role]
        hidden.write_text("\n".join(sorted(kept_from)), encoding="utf-8")
        settings = out / f"schemathesis-{role}.toml"
        settings.write_text(f'[auth.openapi.token]\nbearer = "{hub.tokens[role]}"\n')
        report, log = out / f"schemathesis-{role}.ndjson", out / f"schemathesis-{role}.log"
        report.unlink(missing_ok=True)
        excluded = [word for name in ENDS_THE_RUN for word in ("--exclude-name", name)]
        command = [
            bin_folder / "schemathesis", "--config-file", settings, "run", f"{hub.url}/api/v1/openapi.json", "--tls-verify", hub.authority,
            "--phases", "examples,coverage,fuzzing",
            "--max-examples", "12", "--exclude-checks", "positive_data_acceptance", "--continue-on-failure",
            "--generation-deterministic", "--no-color", "--report", "ndjson", "--report-ndjson-path", report,
            *excluded,
        ]  # fmt: skip
        environment = {**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE)}
        environment["RENKEI_OUTSIDE_HIDDEN"] = str(hidden)
        tool(*command, log=log, env=environment, cwd=out)
        said = log.read_text(encoding="utf-8")
        generated = re.search(r"(\d[\d,]*) generated", said)
        if generated is None:
            raise provide.Missing(f"schemathesis came to no end: {log}")
        cases += int(generated[1].replace(",", ""))
        told.append(f"{role} {generated[1]} beside {len(kept_from)} hidden patients")
        findings += failures(said)
    return Found(f"{cases} cases ({', '.join(told)})", sorted(set(findings)))


def failures(said):
    """Each kind of failure of each operation, from what schemathesis prints."""
    operation = None
    for line in said.splitlines():
        if heading := re.fullmatch(r"_+ ((?:GET|PUT|POST|DELETE|PATCH) \S+) _+", line.strip()):
            operation = heading[1]
        elif (failure := re.match(r"- (\S.*)", line)) and operation:
            yield f"{operation}: {failure[1]}", ""


def names_seen(hub, token):
    """The patients on whose team somebody is."""
    return {patient["name"]["kanji"] for patient in hub.get("/api/v1/patients", token)["patients"]}


def autobahn(_hub, out, tools):
    """The protocol of WebSockets, against a socket within the hub's bounds."""
    wstest = provide.autobahn(tools / "autobahn")
    log, reports = out / "echo.log", out / "autobahn"
    shutil.rmtree(reports, ignore_errors=True)
    echo = Path(os.environ["RENKEI_OUTSIDE_ECHO"])
    with program(echo, log=log) as running:
        address = await_text(log, r"127\.0\.0\.1:\d+", running)[0]
        spec = out / "autobahn.json"
        server = {"agent": "renkei", "url": f"ws://{address}"}
        cases = {"cases": ["*"], "exclude-cases": [], "exclude-agent-cases": {}}
        spec.write_text(json.dumps({"outdir": str(reports), "servers": [server], **cases}))
        wstest("--mode", "fuzzingclient", "--spec", spec, cwd=out, seconds=TOOL_S_MAX)
    results = read_report(reports / "index.json")["renkei"]
    good = {"OK", "INFORMATIONAL", "NON-STRICT"}
    counted = {}
    for result in results.values():
        counted[result["behavior"]] = counted.get(result["behavior"], 0) + 1
    bad = [(case, of["behavior"]) for case, of in results.items() if not {of["behavior"], of["behaviorClose"]} <= good]
    return Found(", ".join(f"{count} {how}" for how, count in sorted(counted.items())), bad)


def slowhttptest(hub, out, _tools):
    """Clients that take their time: heads, bodies and reading. The hub must go on answering others."""
    provide.debian_packages()
    # Longer than a head may take.
    findings, seconds = [], 30
    url = f"{hub.url}/api/v1/sign-in"
    ways = {"heads": ["-H"], "bodies": ["-B"], "reading": ["-X", "-k", "3"]}
    for way, options in ways.items():
        log = out / f"slowhttptest-{way}.log"
        # More than one address is granted at once, so that the bound is met.
        command = ["slowhttptest", *options, "-c", "400", "-r", "200", "-i", "5", "-l", str(seconds), "-u", url]
        with log.open("w") as said:
            attack = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        try:
            time.sleep(seconds / 2)
            hub.get("/healthz", hub.tokens["nurse"])
        except OSError as error:
            findings.append((way, f"the hub does not answer meanwhile: {error}"))
        finally:
            attack.wait(seconds * 3)
    return Found(f"{', '.join(ways)}: 400 connections each", findings)


TOOLS = [sslyze, testssl, autobahn, slowhttptest, schemathesis]


def report(name, found, accepted):
    """Prints what was found; what is neither accepted nor found any more. How many of these there are."""
    mine = [line for line in accepted if line["tool"] == name]
    matches = lambda line, what: fnmatch.fnmatchcase(what, line["id"].replace("[", "[[]"))
    new = [one for one in found.findings if not any(matches(line, one[0]) for line in mine)]
    stale = [line for line in mine if not any(matches(line, one[0]) for one in found.findings)]
    print(f"{name}: {found.looked_at}; {len(found.findings)} findings, {len(new)} of them not accepted", flush=True)
    for what, words in new:
        print(f"  {what} {words}")
    for line in stale:
        print(f"  no longer found, take it out of accepted.toml: {line['id']}")
    return len(new) + len(stale)


def main():
    """Runs the tools that are named, or all."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--binary", type=Path, required=True)
    arguments.add_argument("--tools", type=Path, required=True, help="where the tools are kept")
    arguments.add_argument("--out", type=Path, required=True)
    arguments.add_argument("names", nargs="*", choices=[one.__name__ for one in TOOLS] + [[]])
    given = arguments.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    accepted = tomllib.loads((HERE / "accepted.toml").read_text(encoding="utf-8"))["finding"]
    wrong, out = 0, given.out.resolve()
    with demo_hub(given.binary, out) as hub:
        for one in TOOLS:
            if given.names and one.__name__ not in given.names:
                continue
            try:
                wrong += report(one.__name__, one(hub, out, given.tools.resolve()), accepted)
            except (provide.Missing, subprocess.TimeoutExpired, OSError) as error:
                wrong += 1
                print(f"{one.__name__}: could not run: {error}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
