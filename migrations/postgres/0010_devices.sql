-- Registered devices: their authority, their certificates, the links by which they get one, and who may do without for a
-- while. The same columns as migrations/sqlite/0010_devices.sql; a test compares them.

-- The region's own authority for devices; one row.
create table device_authority (
    id bigint not null primary key,
    certificate bytea not null,
    -- The private key.
    sealed bytea not null,
    made_at bigint not null
);

create table device (
    id bytea not null primary key,
    organisation bytea not null references organisation (id),
    -- The name.
    sealed bytea not null,
    registered_at bigint not null,
    -- To within a few minutes; null: never.
    seen_at bigint,
    revoked_at bigint
);

create table device_certificate (
    serial bytea not null primary key,
    device bytea not null references device (id),
    issued_at bigint not null,
    expires_at bigint not null,
    -- When it was replaced by a newer one, or revoked with its device.
    ended_at bigint
);
create index device_certificate_of on device_certificate (device);

create table device_enrolment (
    id bytea not null primary key,
    token_hash bytea not null unique,
    device bytea not null references device (id),
    -- The code that is told apart from the link.
    sealed bytea not null,
    issued_at bigint not null,
    expires_at bigint not null,
    -- Wrong codes that it still bears.
    tries_left bigint not null,
    -- When it was used, withdrawn or tried too often.
    ended_at bigint
);
create index device_enrolment_open on device_enrolment (device) where ended_at is null;

-- Who may sign in without a registered device; the reason stands in the audit log.
create table device_exception (
    person bytea not null primary key references person (id),
    granted_at bigint not null,
    until_at bigint not null
);

-- The registered device that a sign-in is bound to; null: none.
alter table sign_in add column registered_device bytea references device (id);
create index sign_in_at_device on sign_in (registered_device) where registered_device is not null;
