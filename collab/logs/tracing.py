"""Spans for OpenTelemetry, where OTEL_EXPORTER_OTLP_ENDPOINT says so: request, command, batch."""

from collab.live import spans


def start(endpoint: str, service: str = "collab") -> None:
    """Send spans from now on, as OTLP over HTTP; its other variables (OTEL_…) are read by the package itself."""
    # Only where it is asked for: it is no part of what the site needs.
    from opentelemetry import trace  # noqa: PLC0415
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: service}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    spans.api, spans.tracer = trace, provider.get_tracer("collab")
