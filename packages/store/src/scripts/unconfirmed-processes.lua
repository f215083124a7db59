-- Counts the API processes that live and do not route by a version yet.
-- KEYS[1] processes · KEYS[2] confirmed
-- ARGV[1] version · ARGV[2] how old (ms) a heartbeat may be · ARGV[3] now in ms, empty = Redis TIME
-- Returns the number
local now = tonumber(ARGV[3])
if not now then
  local time = redis.call("TIME")
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local behind = 0
for _, process in ipairs(redis.call("ZRANGEBYSCORE", KEYS[1], now - tonumber(ARGV[2]), "+inf")) do
  if tonumber(redis.call("HGET", KEYS[2], process) or 0) < tonumber(ARGV[1]) then behind = behind + 1 end
end
return behind
