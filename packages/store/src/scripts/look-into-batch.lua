-- Shows a slice of the ranges of a batch that is being packed, with what is known of their chunks.
-- ARGV[3] batch · ARGV[4] first range · ARGV[5] how many at most · ARGV[6] the packer's time (ms) until its next sign of life
-- Returns JSON: rests (false = it is gone, or about to be tried), ranges: for each, one after the other, its text, and of its
--   chunk the users, the bytes of the text, and those that are stored of it; -1 = that was not counted
local id = ARGV[3]
local b = batch_fields(id, "w", "i", "s")
local w = owner_of(b[1], b[2])
reply.rests = w ~= nil and is_at_rest(w, b[3])
if not reply.rests then return cjson.encode(reply) end
redis.call("ZADD", K.cold, "XX", now + tonumber(ARGV[6]), id)
local from = tonumber(ARGV[4])
local ranges = {}
for _, range in ipairs(redis.call("LRANGE", K.ranges .. id, from, from + tonumber(ARGV[5]) - 1)) do
  local c = redis.call("HMGET", chunk_of(range), "u", "s", "e")
  local text_bytes, stored_bytes = -1, -1
  if c[2] and c[3] then
    text_bytes = struct.unpack("<I4", c[3], #c[3] - 3)
    stored_bytes = tonumber(c[2]) - #c[3] - CHUNK_BYTES
  end
  local at = #ranges
  ranges[at + 1], ranges[at + 2], ranges[at + 3], ranges[at + 4] = range, tonumber(c[1] or 0), text_bytes, stored_bytes
end
reply.ranges = ranges
return cjson.encode(reply)
