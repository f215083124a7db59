-- Pauses everything of a partition, or lets it go on. What is paused for itself is not touched.
-- ARGV[3] number of the order; what is not newer than the last one is ignored · ARGV[4] 1 = paused, 0 = goes on
-- Returns JSON: changed
reply.changed = tonumber(ARGV[3]) > tonumber(redis.call("HGET", K.pause, "rv") or 0)
if reply.changed then
  local all = common_pause()
  local since, before = all.since, all.before
  if ARGV[4] == "1" and since == 0 then since = now end
  if ARGV[4] == "0" and since > 0 then since, before = 0, before + now - since end
  redis.call("HSET", K.pause, "rv", ARGV[3], "ps", string.format("%d", since), "pz", string.format("%d", before))
  -- Every webhook for which something waits is looked at: what may be tried now is, and what may not is packed.
  redis.call("ZUNIONSTORE", K.wake, 2, K.wake, K.backlogs, "WEIGHTS", 1, 0, "AGGREGATE", "MIN")
end
return cjson.encode(reply)
