-- Keeps a session, and drops the oldest of its key beyond a number: nobody fills the store by signing in.
-- KEYS[1] session · KEYS[2] sessions of the key, by when they began · KEYS[3] what the name of every session starts with
-- ARGV[1] session (JSON) · ARGV[2] for how long it is kept (ms) · ARGV[3] its digest · ARGV[4] when it began (ms)
-- ARGV[5] how many a key may have · ARGV[6] for how long one can be kept at most (ms)
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
redis.call("ZADD", KEYS[2], ARGV[4], ARGV[3])
redis.call("PEXPIRE", KEYS[2], ARGV[6])
local surplus = redis.call("ZCARD", KEYS[2]) - tonumber(ARGV[5])
if surplus > 0 then
  local popped = redis.call("ZPOPMIN", KEYS[2], surplus)
  for i = 1, #popped, 2 do redis.call("DEL", KEYS[3] .. popped[i]) end
end
return redis.status_reply("OK")
