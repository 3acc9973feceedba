-- Registered devices: their authority, their certificates, the links by which they get one, and who may do without for a
-- while. The same columns as migrations/postgres/0010_devices.sql; a test compares them.

-- The region's own authority for devices; one row.
create table device_authority (
    id integer not null primary key,
    certificate blob not null,
    -- The private key.
    sealed blob not null,
    made_at integer not null
) strict;

create table device (
    id blob not null primary key,
    organisation blob not null references organisation (id),
    -- The name.
    sealed blob not null,
    registered_at integer not null,
    -- To within a few minutes; null: never.
    seen_at integer,
    revoked_at integer
) strict;

create table device_certificate (
    serial blob not null primary key,
    device blob not null references device (id),
    issued_at integer not null,
    expires_at integer not null,
    -- When it was replaced by a newer one, or revoked with its device.
    ended_at integer
) strict;
create index device_certificate_of on device_certificate (device);

create table device_enrolment (
    id blob not null primary key,
    token_hash blob not null unique,
    device blob not null references device (id),
    -- The code that is told apart from the link.
    sealed blob not null,
    issued_at integer not null,
    expires_at integer not null,
    -- Wrong codes that it still bears.
    tries_left integer not null,
    -- When it was used, withdrawn or tried too often.
    ended_at integer
) strict;
create index device_enrolment_open on device_enrolment (device) where ended_at is null;

-- Who may sign in without a registered device; the reason stands in the audit log.
create table device_exception (
    person blob not null primary key references person (id),
    granted_at integer not null,
    until_at integer not null
) strict;

-- The registered device that a sign-in is bound to; null: none.
alter table sign_in add column registered_device blob references device (id);
create index sign_in_at_device on sign_in (registered_device) where registered_device is not null;
