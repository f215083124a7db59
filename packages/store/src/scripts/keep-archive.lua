-- The worker that writes a batch to a file says that it lives.
-- ARGV[3] batch · ARGV[4] worker · ARGV[5] for how long (ms) until its next sign of life
-- Returns JSON: kept (false = it is somebody else's by now, or gone)
local id = ARGV[3]
reply.kept = redis.call("HGET", K.batch .. id, "xh") == ARGV[4]
if reply.kept then redis.call("HSET", K.batch .. id, "xl", now + tonumber(ARGV[5])) end
return cjson.encode(reply)
