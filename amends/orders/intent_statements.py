"""The parts of the one write that are about money on its way: new intents, and what is said of older ones.

An intent that waits may be claimed by whoever calls the provider at the same moment. Each part looks at its state once
more when it has the row, so that what has left is never called back, and what was called back never leaves.
"""

# ruff: noqa: S608 (statements are put together from this file's constants; values travel beside them)

from __future__ import annotations

from typing import LiteralString

INTENTS: LiteralString = """intents AS (INSERT INTO money_intent (marketplace, order_key, event, position, kind,
    dispute, refund, payment, amount_minor, currency, funded_by, target, redirected, provider_key, withdrawn_minor,
    state)
  SELECT guard.*, i.n, i.p, i.k, i.d, i.e, i.y, i.a, i.u, i.f, i.t, i.r, i.x, i.w,
    CASE WHEN NOT i.r OR coalesce((SELECT x.state FROM money_intent x
        WHERE x.marketplace = guard.marketplace AND x.order_key = guard.order_key AND x.kind = 'refund'
          AND x.dispute IS NOT DISTINCT FROM i.d AND x.refund = i.e AND x.payment IS NOT DISTINCT FROM i.y
          AND x.state <> 'withdrawn'
        ORDER BY x.event DESC LIMIT 1), 'failed') = 'failed' THEN i.s ELSE 'withdrawn' END
  FROM guard, act, json_to_recordset(act.intents) i (n int, p smallint, k text, d int, e smallint, y smallint,
    a bigint, u text, f text, t text, r boolean, x text, s text, w bigint))"""
"""A second way for a part of a refund is taken only where the first has failed; a part that has arrived, or is on its
way, stays as it is."""

_OF_THE_ORDER: LiteralString = "i.marketplace = guard.marketplace AND i.order_key = guard.order_key"
_SAID: LiteralString = """json_to_record(act.settled) s (dispute int, refund smallint, amount_minor bigint, state text,
    reference text)"""
_ANSWERED: LiteralString = """SET state = s.state, answered_at = act.at, needs_human = NULL, lease_until = NULL,
    reference = coalesce(nullif(s.reference, ''), i.reference)"""

REFUND_ANSWERED: LiteralString = f"""answers AS (UPDATE money_intent i {_ANSWERED}
  FROM guard, act, {_SAID}
  WHERE {_OF_THE_ORDER} AND i.kind = 'refund' AND i.dispute IS NOT DISTINCT FROM s.dispute AND i.refund = s.refund
    AND i.state NOT IN ('succeeded', 'withdrawn', s.state)
    AND NOT EXISTS (SELECT FROM money_intent x WHERE x.marketplace = i.marketplace AND x.order_key = i.order_key
      AND x.kind = 'refund' AND x.dispute IS NOT DISTINCT FROM i.dispute AND x.refund = i.refund
      AND x.payment IS NOT DISTINCT FROM i.payment AND x.event > i.event AND x.state <> 'withdrawn')
    AND (s.state = 'succeeded' OR s.reference = '' OR i.reference = s.reference
      OR NOT EXISTS (SELECT FROM money_intent x WHERE x.marketplace = i.marketplace AND x.order_key = i.order_key
        AND x.kind = 'refund' AND x.dispute IS NOT DISTINCT FROM i.dispute AND x.refund = i.refund
        AND x.reference = s.reference)))"""
"""The newest intent of each part of the refund; a failure that names one movement is the failure of that one."""

PAYOUT_ANSWERED: LiteralString = f"""leaving AS (SELECT i.event, i.position, s.amount_minor AS paid,
    i.reference = nullif(s.reference, '') AS named, i.amount_minor - i.withdrawn_minor AS due, i.state,
    sum(i.amount_minor - i.withdrawn_minor) FILTER (WHERE i.state NOT IN ('succeeded', 'withdrawn'))
      OVER (ORDER BY i.event, i.position) AS so_far
  FROM money_intent i, guard, act, {_SAID}
  WHERE {_OF_THE_ORDER} AND i.kind = 'release' AND i.funded_by = 'escrow'),
answers AS (UPDATE money_intent i {_ANSWERED}
  FROM guard, act, {_SAID}, leaving l
  WHERE {_OF_THE_ORDER} AND (i.event, i.position) = (l.event, l.position)
    AND i.state NOT IN ('succeeded', 'withdrawn')
    AND CASE WHEN EXISTS (SELECT FROM leaving WHERE named) THEN l.named
      WHEN EXISTS (SELECT FROM leaving WHERE due = paid AND state NOT IN ('succeeded', 'withdrawn'))
      THEN (i.event, i.position) = (SELECT event, position FROM leaving
        WHERE due = paid AND state NOT IN ('succeeded', 'withdrawn') ORDER BY event, position LIMIT 1)
      ELSE l.so_far <= l.paid END)"""
"""The release the payout names; else one of just that amount; else the oldest ones, as far as the amount goes."""

TAKEN_BACK: LiteralString = f"""back AS (SELECT sum(t.a) AS minor, (array_agg(t.d ORDER BY t.n))[1] AS dispute
  FROM guard, act, json_to_recordset(act.taken) t (n int, d int, a bigint)),
waiting AS (SELECT i.event, i.position, i.amount_minor - i.withdrawn_minor AS due, back.minor,
    sum(i.amount_minor - i.withdrawn_minor) OVER (ORDER BY i.dispute IS DISTINCT FROM back.dispute, i.event DESC,
      i.position) AS so_far
  FROM money_intent i, guard, back
  WHERE {_OF_THE_ORDER} AND i.kind = 'release' AND i.funded_by = 'escrow' AND i.state = 'pending'),
kept_back AS (UPDATE money_intent i SET withdrawn_minor = i.withdrawn_minor + least(w.due, w.minor - w.so_far + w.due),
    state = CASE WHEN w.so_far <= w.minor THEN 'withdrawn' ELSE i.state END
  FROM guard, waiting w
  WHERE {_OF_THE_ORDER} AND (i.event, i.position) = (w.event, w.position) AND i.state = 'pending'
    AND w.minor > w.so_far - w.due)"""
"""From the dispute's own release first, then from the newest. What has been sent already is on its way."""
