"""What follows from what: every formula of a capacity plan, in the order of computation.

in_flight and busy_connections are Little's law, L = λW: as many are inside as come in the time that
one stays (J. D. C. Little, "A Proof for the Queuing Formula: L = λW", Operations Research 9, 1961).
"""

from apiforge.capacity.figures import Formula

REPLICAS = (
    Formula(
        "design_rate",
        "peak_rate * max(1, growth_per_year)",
        "what to plan for: the peak a year from now",
        "/s",
    ),
    Formula("worker_rate", "capacity_rate / service_workers", "what one worker bears", "/s"),
    Formula(
        "workers_per_replica",
        "min(cores_per_replica, ceil(design_rate / (worker_rate * utilisation)))",
        "WORKERS of each replica",
    ),
    Formula(
        "replica_rate",
        "workers_per_replica * worker_rate * utilisation",
        "what a replica is planned with",
        "/s",
    ),
    Formula(
        "replicas",
        "ceil(design_rate / replica_rate) + spare_replicas",
        "for the peak, with one lost where one is spare",
    ),
    Formula(
        "load_with_one_lost",
        "100 * utilisation * design_rate / ((replicas - spare_replicas) * replica_rate)",
        "of what was measured is used at that peak without the spare",
        "%",
    ),
    Formula(
        "in_flight",
        "design_rate * latency_ms / 1000",
        "requests in progress at once, on average",
    ),
)
SCALING = (
    Formula(
        "autoscale_least",
        "ceil(peak_rate / peak_to_mean / replica_rate) + spare_replicas",
        "replicas at the least",
    ),
    Formula(
        "autoscale_most",
        "min(replicas_possible, ceil(surge * design_rate / replica_rate) + spare_replicas)",
        "replicas at the most",
    ),
    Formula(
        "autoscale_cpu",
        "100 * utilisation * service_cpu / service_workers",
        "of a core, used by each worker: above that, another replica",
        "%",
    ),
)
POOLS = (
    Formula(
        "busy_connections",
        "design_rate * database_ms / 1000",
        "connections in use at once, on average",
    ),
    Formula(
        "connections_per_replica",
        "min(connections_possible, max(2 * workers_per_replica,"
        " ceil(busy_connections / (replicas - spare_replicas)"
        " + 3 * sqrt(busy_connections / (replicas - spare_replicas)))))",
        "DATABASE_CONNECTIONS: the mean and three deviations, at least two a worker",
    ),
    Formula(
        "connections_at_most",
        "connections_per_replica * autoscale_most",
        "connections when all replicas are there",
    ),
)
LIMITS = (
    Formula(
        "rate_limit",
        "(replicas - spare_replicas) * replica_rate",
        "rate limit of the whole service",
        "/s",
    ),
    Formula(
        "rate_limit_per_caller",
        "max(1, ceil(burst * design_rate / expected_users))",
        "rate limit of each caller",
        "/s",
    ),
    Formula("writes_per_second", "design_rate * write_share", "writes at the planned peak", "/s"),
)
VOLUMES = (
    Formula(
        "requests_per_month",
        "ceil(peak_rate / peak_to_mean * 2629800)",
        "requests a month, today (365.25 / 12 days of 86,400 s)",
    ),
    Formula("rows_per_month", "ceil(requests_per_month * create_share)", "rows made in a month"),
    Formula(
        "storage_now",
        "rows * resources * row_bytes * storage_factor / 1000000",
        "storage today",
        "MB",
    ),
    Formula(
        "storage_in_a_year",
        "storage_now + 12 * rows_per_month * (1 + max(1, growth_per_year)) / 2"
        " * row_bytes * storage_factor / 1000000",
        "storage a year from now, if the load grows evenly and nothing is deleted",
        "MB",
    ),
    Formula(
        "cache_bytes",
        "ceil(rows * resources * hot_share * row_bytes * answer_factor)",
        "CACHE_MAX_BYTES: what is hot",
        "bytes",
    ),
    Formula(
        "outage_minutes",
        "(100 - availability) / 100 * 43830",
        "a month that it may be away",
        "minutes",
    ),
)
EVERY = (*REPLICAS, *SCALING, *POOLS, *LIMITS, *VOLUMES)
