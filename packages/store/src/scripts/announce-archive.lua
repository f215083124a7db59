-- Says that somebody writes files of what is given up.
-- ARGV[3] for how long (ms) from now on
-- Returns JSON: nothing of interest
redis.call("SET", K.archiver, "1", "PX", ARGV[3])
return cjson.encode(reply)
