-- Takes the lease of an idempotent request, or says why not.
-- KEYS[1] the request's record: hash g digest · a append id · h holder of the lease · l end of the lease
--         p partitions · r answer; its TTL is the rest of the window
-- ARGV[1] digest · ARGV[2] partitions, separated by commas · ARGV[3] window in ms · ARGV[4] lease in ms
-- ARGV[5] holder · ARGV[6] now in ms, empty = Redis TIME
-- Returns a state and its details: begun, append id, partitions | finished, answer | in-progress, ms left | mismatch
local now = tonumber(ARGV[6])
if not now then
  local time = redis.call("TIME")
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local holder = ARGV[5]
local digest, id, held_by, lease, partitions, answer =
  unpack(redis.call("HMGET", KEYS[1], "g", "a", "h", "l", "p", "r"))
if digest then
  if digest ~= ARGV[1] then return { "mismatch" } end
  if answer then return { "finished", answer } end
  local left = tonumber(lease) - now
  -- The same holder asks again when the first reply was lost. No lease is longer, unless the clock was set back.
  if left > 0 and left <= tonumber(ARGV[4]) and held_by ~= holder then return { "in-progress", string.format("%d", left) } end
else
  id, partitions = holder, ARGV[2]
end
redis.call("HSET", KEYS[1], "g", ARGV[1], "a", id, "h", holder, "p", partitions,
  "l", string.format("%d", now + tonumber(ARGV[4])))
-- Only a new record: a window that each repeat prolonged would outlive the marks of what was appended.
if not digest then redis.call("PEXPIRE", KEYS[1], ARGV[3]) end
return { "begun", id, partitions }
