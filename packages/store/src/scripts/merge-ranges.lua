-- Replaces consecutive ranges of a batch by one of a new chunk with the same events. Only where nobody is about to send
-- them and nobody else uses their chunks, which go.
-- ARGV[3] batch · ARGV[4] first range · ARGV[5] the ranges as they are, with spaces between
-- ARGV[6] new chunk · ARGV[7] its text · ARGV[8] the field of that: d plain | z packed · ARGV[9] packed end offsets
-- ARGV[10] its events
-- Returns JSON: merged true | false
local id, from, text, ends = ARGV[3], tonumber(ARGV[4]), ARGV[7], ARGV[9]
local old = {}
for range in string.gmatch(ARGV[5], "%S+") do old[#old + 1] = chunk_of(range) end

local b = batch_fields(id, "w", "i", "s", "z")
local function may_merge()
  local w = owner_of(b[1], b[2])
  if not w or not is_at_rest(w, b[3]) or not b[4] then return false end
  local found = redis.call("LRANGE", K.ranges .. id, from, from + #old - 1)
  return table.concat(found, " ") == ARGV[5]
end

-- What is counted of the old chunks; nil when one of them is not this batch's alone.
local function counted_bytes()
  local bytes = 0
  for _, chunk in ipairs(old) do
    local c = redis.call("HMGET", chunk, "u", "s")
    if c[1] ~= "1" or not c[2] then return nil end
    bytes = bytes + tonumber(c[2])
  end
  return bytes
end

local freed = may_merge() and counted_bytes()
reply.merged = freed and true or false
if not freed then return cjson.encode(reply) end
-- One of the requests may still be told of.
local trace = redis.call("HGET", old[1], "t")
redis.call("DEL", unpack(old))
local stored = #text + #ends + CHUNK_BYTES
redis.call("HSET", K.chunk .. ARGV[6], ARGV[8], text, "e", ends, "u", 1, "s", stored)
if trace then redis.call("HSET", K.chunk .. ARGV[6], "t", trace) end
local text_bytes = struct.unpack("<I4", ends, #ends - 3)
redis.call("LSET", K.ranges .. id, from, ARGV[6] .. ":0:" .. text_bytes .. ":" .. ARGV[10])
for index = from + 1, from + #old - 1 do redis.call("LSET", K.ranges .. id, index, "") end
redis.call("LREM", K.ranges .. id, #old - 1, "")
local references = (#old - 1) * REFERENCE_BYTES
redis.call("HINCRBY", K.batch .. id, "z", -references)
count_usage("b", stored - freed - references)
return cjson.encode(reply)
