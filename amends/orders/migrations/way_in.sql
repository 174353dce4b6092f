-- How people come in: what a marketplace looks like to them, who of the staff may sit where, and when they came.

CREATE TABLE marketplace_brand (
    marketplace  uuid PRIMARY KEY,
    name         text NOT NULL,                               -- as people know it; empty: as the marketplace is called
    accent_light text COLLATE "C" NOT NULL CHECK (accent_light ~ '^(#[0-9a-f]{6})?$'),
    accent_dark  text COLLATE "C" NOT NULL CHECK (accent_dark ~ '^(#[0-9a-f]{6})?$'),
    shop         text NOT NULL,                               -- where the shop's own pages are
    support      text NOT NULL                                -- a page or an address of whoever helps
);
SELECT amends_privileges('marketplace_brand', 'SELECT, INSERT, UPDATE', 'SELECT, INSERT, UPDATE');

-- An account of ours and a role in a marketplace. `name` is what events remember.
CREATE TABLE staff_seat (
    marketplace uuid    NOT NULL,
    account     integer NOT NULL,
    role        text    COLLATE "C" NOT NULL CHECK (role IN ('mediator', 'operator')),
    name        text    NOT NULL CHECK (name <> ''),
    given_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (marketplace, account, role)
);
CREATE UNIQUE INDEX staff_seat_name ON staff_seat (marketplace, role, name);
CREATE INDEX staff_seat_of_account ON staff_seat (account);
SELECT amends_privileges('staff_seat', 'SELECT', 'SELECT, INSERT, UPDATE, DELETE');

-- Every time somebody of the staff signed in, in real time. Of no marketplace, as an account may sit in several.
CREATE TABLE staff_entry (
    account       integer NOT NULL,
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    second_factor boolean NOT NULL,
    PRIMARY KEY (account, at)
);
CREATE TRIGGER staff_entry_append_only BEFORE UPDATE OR DELETE ON staff_entry
    FOR EACH ROW EXECUTE FUNCTION amends_append_only();
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'amends_worker') THEN
        GRANT SELECT, INSERT ON staff_entry TO amends_worker;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'amends_owner') THEN
        GRANT ALL ON staff_entry TO amends_owner;
    END IF;
END
$$;

-- What all web processes must remember of attempts to sign in: how many, and which code was used up. Django's shape.
CREATE TABLE sign_in_cache (
    cache_key varchar(255) PRIMARY KEY,
    value     text NOT NULL,
    expires   timestamptz NOT NULL
);
CREATE INDEX sign_in_cache_expires ON sign_in_cache (expires);
