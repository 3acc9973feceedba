-- When each key of a system client last got a token is told to the secretariat. The same as migrations/postgres/0016_client_use.sql.

create index sign_in_by_client_key on sign_in (person, client_key, issued_at) where client_key is not null;
