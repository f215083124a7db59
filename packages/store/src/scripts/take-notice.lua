-- Takes the next notice that is due, for one who tells it within a lease.
-- ARGV[3] the lease (ms) · ARGV[4] nothing is due later than in so many ms
-- Returns JSON: notice (absent = none is due): webhook, kind, id, firstMs, lastMs, happenings, batches, events, why
local due = redis.call("ZRANGEBYSCORE", K.notices, "-inf", now, "LIMIT", 0, 1)[1]
-- What is due later than anything may be is from before the clock was set back.
  or redis.call("ZRANGEBYSCORE", K.notices, "(" .. now + tonumber(ARGV[4]), "+inf", "LIMIT", 0, 1)[1]
if not due then return cjson.encode(reply) end
local n = redis.call("HMGET", K.notice .. due, "i", "f", "l", "n", "b", "e", "x")
if not n[1] then
  redis.call("ZREM", K.notices, due)
  return cjson.encode(reply)
end
redis.call("ZADD", K.notices, now + tonumber(ARGV[3]), due)
local webhook, kind = string.match(due, "^(.-):(.*)$")
reply.notice = {
  webhook = webhook, kind = kind, id = n[1], firstMs = tonumber(n[2]), lastMs = tonumber(n[3]), nowMs = now,
  happenings = tonumber(n[4]), batches = tonumber(n[5]), events = tonumber(n[6]), why = n[7],
}
return cjson.encode(reply)
