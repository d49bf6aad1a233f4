"""How the properties of the pure core are tried."""

from hypothesis import HealthCheck, settings

# A busy machine is no fault of the code: no example has a deadline.
settings.register_profile("core", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("core")
