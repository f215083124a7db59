-- Adds to the time series of everything together.
-- KEYS[1] series · ARGV[1] now in ms, empty = Redis TIME · ARGV[2..7] six sums (see series.lua) · ARGV[8] bytes stored
local sums = {}
for i = 1, 6 do sums[i] = tonumber(ARGV[i + 1]) end
note_series(KEYS[1], series_time(ARGV[1]), sums, { 0, 0, tonumber(ARGV[8]) })
return redis.status_reply("OK")
