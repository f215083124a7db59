-- Shared by all scripts of a partition, behind batch-ends.lua: which batches are cold, that is will not be tried soon, so
-- that it is worth packing their text (see pack-cold.ts).
-- cold  zset: batch → when (ms) somebody may pack it; of one that is being packed, when somebody else may

-- A short trouble costs nothing.
local COLD_AFTER_MS = 1000

-- Whether what waits for a webhook is cold. One that only waits for a slot will go out soon.
local function is_cold(w) return is_held_back(w) or is_paused(w) end

-- Files a batch that has come to rest. Whoever takes it from there looks whether it still does.
local function file_cold(id)
  if redis.call("HGET", K.batch .. id, "pk") == "1" then return end
  redis.call("ZADD", K.cold, "NX", now + COLD_AFTER_MS, id)
end

-- Whether a batch rests where it may stay for a while.
local function is_at_rest(w, state)
  return state == "s" or state == "p" or (state == "w" and is_cold(w))
end
