-- Puts off a notice that could not be told, unless somebody else has told it by now.
-- ARGV[3] webhook · ARGV[4] kind · ARGV[5] in how many ms somebody may try again
-- Returns JSON: nothing of interest
redis.call("ZADD", K.notices, "XX", now + tonumber(ARGV[5]), ARGV[3] .. ":" .. ARGV[4])
return cjson.encode(reply)
