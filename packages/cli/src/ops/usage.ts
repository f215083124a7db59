export const USAGE = `Looks into a running Posthorn and steers it.

usage: npm run ops -- status
       npm run ops -- backlogs [--limit 20]
       npm run ops -- pause|resume [--webhook CRM [--batch <id>]]
       npm run ops -- drain --all | --webhook CRM
       npm run ops -- batches --webhook CRM [filter] [--limit 100]
       npm run ops -- retry --webhook CRM (--batch <id> | filter)
       npm run ops -- discard --webhook CRM (--batch <id> | filter | --all) [--yes]
       npm run ops -- archive [--dir <folder>] [--webhook CRM] [--since <time>] [--until <time>]
       npm run ops -- replay <file…> | (--all | filter as of archive) [--to <webhook>] [--again]

  status    whether everything is paused, what waits, how full the store is, and who lives
  backlogs  what waits for whom, the largest first; as in status, figures may be 2 seconds old, longer with thousands of
            webhooks
  pause     nothing is sent, events are still accepted, and clocks stand still; without --webhook of everything, beside
            what is paused for itself
  resume    ends that; what is paused for itself stays so
  drain     what waits is tried now, oldest first, of one webhook or of all
  retry     some batches are tried before all others
  discard   batches are deleted; shows which, and does it with --yes
  archive   the files in ARCHIVE_DIR
  replay    sends the events of such files again, each to its own webhook and to no other; the files stay

  --webhook CRM       its id, or its name
  --batch <id>        give it again for more
  filter              one or several of
    --state waiting,scheduled   in one of these states
    --older 1h                  begun so long ago
    --failed 2                  failed so often, or more often
  --dir <folder>      where the files are (default: ARCHIVE_DIR)
  --since, --until    when the batch was given up: 2026-03-02, 2026-03-02T21:00:00Z, or how long ago: 90m
  --to <webhook>      another webhook than the one that the file was for
  --again             also files that were replayed to this webhook within the last hour (IDEMPOTENCY_WINDOW), which are
                      told and left out otherwise
  --url http://127.0.0.1:8080   (default: POSTHORN_URL, else PORT, else where npm start runs)
  --key …             API key (default: POSTHORN_API_KEY or …_FILE, else the file api-key in DATA_DIR); to pause and
                      resume everything it needs the grant admin, else webhooks/view or webhooks/modify
  --help`;
