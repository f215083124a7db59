-- Ends a notice that was told, or given up; what has happened since is another one.
-- ARGV[3] webhook · ARGV[4] kind · ARGV[5] its id · ARGV[6] happenings, ARGV[7] batches and ARGV[8] events that it told of
-- Returns JSON: nothing of interest
local name = ARGV[3] .. ":" .. ARGV[4]
local key = K.notice .. name
local n = redis.call("HMGET", key, "i", "n", "b", "e", "x")
if n[1] ~= ARGV[5] then return cjson.encode(reply) end
local function left(index) return tonumber(n[index - 4]) - tonumber(ARGV[index]) end
if left(6) > 0 then
  begin_notice(name, now, n[1])
  redis.call("HSET", key, "n", left(6), "b", left(7), "e", left(8), "x", n[5], "t", now)
else
  redis.call("ZREM", K.notices, name)
  redis.call("DEL", key)
  redis.call("HSET", key, "t", now)
  redis.call("PEXPIRE", key, NOTICES_APART_MS)
end
return cjson.encode(reply)
