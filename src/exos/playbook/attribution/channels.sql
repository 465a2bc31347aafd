/*
---
title: Channels
question: What does each channel cost, and how many conversions does it bring?
description: >
  One row per channel that touched somebody, or was the last touch before a conversion, in the time range. A conversion counts for the channel of the
  last touch of the same visitor at or before it, at most 30 days earlier, which may lie before the range; conversions without such a touch count for
  none. touches and cost include those of anonymous visitors; visitors counts the known ones. cost_per_conversion is empty for a channel without
  conversions. The last touch says who was there at the end, not who made the difference. Filters are ignored.
shows: table
---
*/
WITH
    converted AS (
        SELECT visitor_id, time, value
        FROM conversions FINAL
        WHERE time >= {since:DateTime64(6, 'UTC')} AND time < {until:DateTime64(6, 'UTC')} AND visitor_id != ''
    ),
    -- One row per visitor and moment: of touches at the same time the one with the highest key is the last.
    moments AS (
        SELECT visitor_id, time, argMax(channel, touch_id) AS channel
        FROM touches FINAL
        WHERE visitor_id IN (SELECT visitor_id FROM converted) AND time < {until:DateTime64(6, 'UTC')}
            AND time >= (SELECT min(time) FROM converted) - INTERVAL 30 DAY
        GROUP BY visitor_id, time
    ),
    brought AS (
        SELECT m.channel AS channel, count() AS conversions, sum(c.value) AS value
        FROM converted AS c
        ASOF INNER JOIN moments AS m ON m.visitor_id = c.visitor_id AND m.time <= c.time
        WHERE m.time >= c.time - INTERVAL 30 DAY
        GROUP BY channel
    ),
    spent AS (
        SELECT channel, count() AS touches, uniqExactIf(visitor_id, visitor_id != '') AS visitors, sum(cost) AS cost
        FROM touches FINAL
        WHERE time >= {since:DateTime64(6, 'UTC')} AND time < {until:DateTime64(6, 'UTC')}
        GROUP BY channel
    )
SELECT
    channel,
    s.touches AS touches,
    s.visitors AS visitors,
    s.cost AS cost,
    b.conversions AS conversions,
    b.value AS value,
    if(b.conversions = 0, NULL, s.cost / b.conversions) AS cost_per_conversion
FROM spent AS s
FULL JOIN brought AS b USING (channel)
ORDER BY conversions DESC, touches DESC, channel
LIMIT {limit:UInt64}
