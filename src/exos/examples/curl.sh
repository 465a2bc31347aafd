now=$(date +%s)
curl http://127.0.0.1:8600/v1/traces \
  -H 'Authorization: YOUR_INGEST_KEY' \
  -H 'Content-Type: application/json' \
  -d '{"resourceSpans": [{
    "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "my-app"}}]},
    "scopeSpans": [{"spans": [{
      "traceId": "'$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')'",
      "spanId": "'$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')'",
      "name": "hello exos", "kind": 1,
      "startTimeUnixNano": "'$now'000000000", "endTimeUnixNano": "'$now'250000000"
    }]}]
  }]}'
