-- Lets go of a batch that was set aside: it is in a file, or never will be.
-- ARGV[3] batch · ARGV[4] 1 = it never will be
-- Returns JSON: done (false = it was gone already), notes
local id = ARGV[3]
reply.done = redis.call("ZSCORE", K.archive, id) ~= false
if reply.done then
  if ARGV[4] == "1" then lose_aside(id) else let_go_aside(id) end
end
return cjson.encode(reply)
