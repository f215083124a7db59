-- Takes the lease of an idempotent request, or says why not.
-- KEYS[1] the request's record: hash g digest · l end of the lease · p partitions · r answer
-- ARGV[1] digest · ARGV[2] partitions, separated by commas · ARGV[3] window in ms · ARGV[4] lease in ms
-- ARGV[5] now in ms, empty = Redis TIME
-- Returns a state and its detail: begun partitions | finished answer | in-progress ms left | mismatch ""
local now = tonumber(ARGV[5])
if not now then
  local time = redis.call("TIME")
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local known = redis.call("HMGET", KEYS[1], "g", "l", "p", "r")
if known[1] then
  if known[1] ~= ARGV[1] then return { "mismatch", "" } end
  if known[4] then return { "finished", known[4] } end
  local left = tonumber(known[2]) - now
  if left > 0 then return { "in-progress", tostring(left) } end
end
local partitions = known[3] or ARGV[2]
redis.call("HSET", KEYS[1], "g", ARGV[1], "l", now + tonumber(ARGV[4]), "p", partitions)
redis.call("PEXPIRE", KEYS[1], ARGV[3])
return { "begun", partitions }
