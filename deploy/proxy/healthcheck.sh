#!/bin/bash
# Succeeds while the proxy has an API process to send requests to; there is no HTTP client in the image.
set -e
exec 3<>/dev/tcp/127.0.0.1/8404
printf 'GET /healthz HTTP/1.0\r\n\r\n' >&3
grep -q '^HTTP/1.[01] 200 ' <&3
