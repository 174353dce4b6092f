-- One row a transfer. It balances by its shape: what is taken from one account is given to the other, in one currency.
CREATE TABLE journal (
    marketplace    uuid     NOT NULL,
    order_key      text     COLLATE "C" NOT NULL,
    event          integer  NOT NULL CHECK (event > 0),
    position       smallint NOT NULL CHECK (position > 0),
    at             timestamptz NOT NULL,
    debit          text     COLLATE "C" NOT NULL,
    credit         text     COLLATE "C" NOT NULL,
    amount_minor   bigint   NOT NULL CHECK (amount_minor > 0),
    currency       text     COLLATE "C" NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    rule           text     NOT NULL,
    debit_version  integer  NOT NULL CHECK (debit_version > 0),
    debit_before   bigint   NOT NULL,
    debit_after    bigint   NOT NULL,
    credit_version integer  NOT NULL CHECK (credit_version > 0),
    credit_before  bigint   NOT NULL,
    credit_after   bigint   NOT NULL,
    written_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (marketplace, order_key, event, position),
    CONSTRAINT journal_two_accounts CHECK (debit <> credit),
    CONSTRAINT journal_balances CHECK (debit_before - debit_after = amount_minor AND credit_after - credit_before = amount_minor),
    CONSTRAINT journal_begins_at_nothing CHECK ((debit_version > 1 OR debit_before = 0) AND (credit_version > 1 OR credit_before = 0)),
    CONSTRAINT journal_nobody_below_zero CHECK (
        debit_after >= 0 OR debit IN ('receivable', 'platform') OR debit LIKE 'captured:%'
    )
) /*partitioned*/;
CREATE UNIQUE INDEX journal_debit_once ON journal (marketplace, order_key, debit, debit_version);
CREATE UNIQUE INDEX journal_credit_once ON journal (marketplace, order_key, credit, credit_version);
CREATE INDEX journal_written ON journal USING brin (written_at);

CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal FOR EACH ROW EXECUTE FUNCTION amends_append_only();
CREATE TRIGGER journal_not_emptied BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION amends_append_only();
SELECT amends_privileges('journal', 'SELECT, INSERT', 'SELECT, INSERT');
