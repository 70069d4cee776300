"""attrgen: messy product feeds in; complete, enum-valid, versioned catalogue documents out.

The map of this tree; imports go downwards only.

    definitions.py   what Dagster loads: build_defs(**overrides) and defs
    defs/            thin Dagster: assets, checks, resources, partitions, jobs, sensors
    cli/             the `attrgen` command, one file a command group
    wiring.py        adapters chosen from settings and handed to workflows
    adapters/        all input and output, one outside thing a file: config files, feeds, stores, servers
    workflows/       one verb a file: read, generate, validate, store, correct; ports in, frozen report out
    domain/          pure: no disk, network, clock or environment
    settings.py      the only reader of the environment
    errors.py        the exception tree
"""
