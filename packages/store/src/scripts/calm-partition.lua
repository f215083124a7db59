-- Has nothing deleted for its expiry for a while, as after a jump of the clock of Redis. Said again, it counts from then.
-- ARGV[3] how long (ms)
-- Returns JSON: nothing of interest
redis.call("SET", K.calm, string.format("%d", now + tonumber(ARGV[3])), "PX", ARGV[3])
return cjson.encode(reply)
