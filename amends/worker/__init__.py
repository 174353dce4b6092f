"""The worker: clocks, pauses of regions, money on its way, messages. Any number of processes, none of them special."""
