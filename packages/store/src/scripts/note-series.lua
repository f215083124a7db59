-- Adds to the time series of webhooks of a partition, and notes what waits for them now.
-- KEYS[1] base of the partition's keys
-- ARGV[1] now in ms, empty = Redis TIME · then for each webhook: its id and six sums (see series.lua)
local now = series_time(ARGV[1])
for first = 2, #ARGV, 7 do
  local id = ARGV[first]
  local revision, batches, events, bytes = unpack(redis.call("HMGET", K.webhook .. id, "rev", "bn", "be", "by"))
  -- It may have been deleted meanwhile.
  if revision then
    local sums = {}
    for i = 1, 6 do sums[i] = tonumber(ARGV[first + i]) end
    note_series(K.series .. id, now, sums, { tonumber(batches or 0) or 0, tonumber(events or 0) or 0, tonumber(bytes or 0) or 0 })
  end
end
return redis.status_reply("OK")
