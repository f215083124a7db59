-- Puts a packed text in the place of the plain one, unless somebody has, or the chunk is gone.
-- ARGV[3] chunk · ARGV[4] which piece of its text, empty = the first · ARGV[5] the plain text's bytes · ARGV[6] packed text
-- Returns JSON: packed true | false
local chunk, plain, packed = K.chunk .. ARGV[3], "d" .. ARGV[4], ARGV[6]
reply.packed = redis.call("HSTRLEN", chunk, plain) == tonumber(ARGV[5]) and redis.call("HEXISTS", chunk, "s") == 1
if reply.packed then
  local change = #packed - tonumber(ARGV[5])
  redis.call("HDEL", chunk, plain)
  redis.call("HSET", chunk, "z" .. ARGV[4], packed)
  redis.call("HINCRBY", chunk, "s", change)
  count_usage("b", change)
end
return cjson.encode(reply)
