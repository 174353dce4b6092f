-- Three roles: amends_owner migrates, amends_app serves one marketplace at a time, amends_worker sweeps across them.
-- They belong to the cluster, so another database may have made them already; and whoever migrates may not be
-- allowed to make any. Then the service runs all the same and says aloud that privileges are not enforced.
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['amends_owner', 'amends_app', 'amends_worker'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role);
            END IF;
            IF NOT pg_has_role(current_user, role, 'MEMBER') THEN
                EXECUTE format('GRANT %I TO %I', role, current_user);
            END IF;
        EXCEPTION
            WHEN insufficient_privilege THEN
                RAISE WARNING 'role % could not be made or granted to %: % Ask an administrator for it, then call amends_privileges for each table.',
                    role, current_user, SQLERRM;
            WHEN duplicate_object OR unique_violation THEN
                NULL;  -- another database of this cluster is migrated at the same moment
        END;
    END LOOP;
END
$$;

-- Hands a table to its roles: rights as given, and rows of the marketplace that is set for the transaction only.
CREATE FUNCTION amends_privileges(target regclass, app text, worker text, led_by text DEFAULT 'marketplace')
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    mine text := format('%I = nullif(current_setting(''amends.marketplace'', true), '''')::uuid', led_by);
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'amends_app') THEN
        EXECUTE format('DROP POLICY IF EXISTS one_marketplace ON %s', target);
        EXECUTE format('CREATE POLICY one_marketplace ON %s TO amends_app USING (%s) WITH CHECK (%s)', target, mine, mine);
        EXECUTE format('GRANT %s ON %s TO amends_app', app, target);
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'amends_worker') THEN
        EXECUTE format('DROP POLICY IF EXISTS all_marketplaces ON %s', target);
        EXECUTE format('CREATE POLICY all_marketplaces ON %s TO amends_worker USING (true) WITH CHECK (true)', target);
        EXECUTE format('GRANT %s ON %s TO amends_worker', worker, target);
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'amends_owner') THEN
        EXECUTE format('GRANT ALL ON %s TO amends_owner', target);
        EXECUTE format('DROP POLICY IF EXISTS keeper ON %s', target);
        EXECUTE format('CREATE POLICY keeper ON %s TO amends_owner USING (true) WITH CHECK (true)', target);
    END IF;
END
$$;

-- Privileges can be given by mistake; this cannot.
CREATE FUNCTION amends_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: what is written there is never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', HINT = 'Correct it with a command; it makes new events and transfers.';
END
$$;
