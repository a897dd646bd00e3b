"""JSON over the same queries and services as the pages: a thin twin, with tokens, problem+json and an OpenAPI document.

Words: a *resource* answers to methods, a *problem* is an error as RFC 9457 writes it, a *fault* is one wrong field in
it, a *stored answer* is what a write with an Idempotency-Key said the first time. Stands on every feature below and
decides nothing itself.
"""
