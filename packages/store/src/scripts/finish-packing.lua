-- Notes what packing a batch has saved, and that it is packed, or when it is worth another look.
-- ARGV[3] batch · ARGV[4] bytes saved · ARGV[5] in how many ms to look again, 0 = not
-- Returns JSON: nothing of interest
local id, saved, again = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local b = batch_fields(id, "w", "i", "v")
local w = owner_of(b[1], b[2])
if w then
  redis.call("HSET", K.batch .. id, "v", saved, "pk", again > 0 and 0 or 1)
  save(w, "sv", num(w, "sv") + saved - tonumber(b[3] or 0))
  file_backlog(w)
end
if w and again > 0 then
  redis.call("ZADD", K.cold, "XX", now + again, id)
else
  redis.call("ZREM", K.cold, id)
end
return cjson.encode(reply)
