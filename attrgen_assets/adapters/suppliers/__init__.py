"""Suppliers of parts: asked over HTTP as their config files say, within their limits, every response on record.

configs     config/suppliers/*.yaml
gateway     all suppliers in parallel: the SupplierGateway of `domain.ports`
client      one supplier: its requests, in order, within its deadline
transport   one request: limiter, breaker, signature, retries, size, JSON
signing     how each scheme signs a request
shared      what all processes that share a Redis know together
limiter     requests a second, over all processes
breaker     a supplier that fails is left alone for a while, by all processes
sandbox     a local server that speaks all four protocols
"""
