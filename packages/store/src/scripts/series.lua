-- Shared by the scripts that write time series; series-layout.ts is put in front of it.
local SERIES_KEPT_MS = 25 * 3600000
local UINT_MAX = 4294967295

-- Now as the caller gives it, or as Redis has it.
local function series_time(given)
  if given ~= "" then return tonumber(given) end
  local time = redis.call("TIME")
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Adds to the current step of each window. `sums`: events in, events out, batches out, failed attempts, latency (ms) added
-- up, largest latency; `levels`: batches, events, bytes that wait.
local function note_series(key, now, sums, levels)
  for _, window in ipairs(SERIES_WINDOWS) do
    local step = math.floor(now / window[2])
    local offset = window[1] + (step % window[3]) * RECORD_BYTES
    local known = { 0, 0, 0, 0, 0, 0 }
    local text = redis.call("GETRANGE", key, offset, offset + RECORD_BYTES - 1)
    if #text == RECORD_BYTES then
      local record = { struct.unpack(RECORD_FORMAT, text) }
      if record[1] == step then
        for i = 1, 6 do known[i] = record[i + 1] end
      end
    end
    for i = 1, 5 do known[i] = math.min(known[i] + sums[i], UINT_MAX) end
    known[6] = math.min(math.max(known[6], sums[6]), UINT_MAX)
    redis.call(
      "SETRANGE", key, offset,
      struct.pack(
        RECORD_FORMAT, step, known[1], known[2], known[3], known[4], known[5], known[6],
        math.min(levels[1], UINT_MAX), math.min(levels[2], UINT_MAX), levels[3]
      )
    )
  end
  redis.call("PEXPIRE", key, SERIES_KEPT_MS)
end
