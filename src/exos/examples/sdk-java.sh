# opentelemetry-javaagent.jar: the OpenTelemetry Java agent, from its project's releases
export OTEL_SERVICE_NAME=my-app
export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:8600
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_EXPORTER_OTLP_HEADERS=authorization=YOUR_INGEST_KEY
java -javaagent:opentelemetry-javaagent.jar -jar app.jar
