pip install opentelemetry-distro opentelemetry-exporter-otlp-proto-http opentelemetry-instrumentation-logging
opentelemetry-bootstrap -a install

export OTEL_SERVICE_NAME=my-app
export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:8600
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_EXPORTER_OTLP_HEADERS=authorization=YOUR_INGEST_KEY
export OTEL_LOGS_EXPORTER=otlp
opentelemetry-instrument python app.py
