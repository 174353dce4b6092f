-- What the last look at a marketplace's books said. A worker looks once a day, an operator when he wants to.
CREATE TABLE books_check (
    marketplace uuid PRIMARY KEY,
    begun_at    timestamptz NOT NULL,  -- a worker is at it since then; real time, as all of this
    checked_at  timestamptz,           -- NULL until the first look is done
    whole       boolean NOT NULL DEFAULT false,  -- all orders; else those written in the last day
    orders      integer NOT NULL DEFAULT 0,
    many        integer NOT NULL DEFAULT 0,      -- laws that are broken
    broken      text[]  NOT NULL DEFAULT '{}'    -- the first of them, a line each
);
SELECT amends_privileges('books_check', 'SELECT', 'SELECT, INSERT, UPDATE');
