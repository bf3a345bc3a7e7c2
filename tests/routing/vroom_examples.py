"""Inputs like those of VROOM's documentation, with content of our own: by coordinates, by matrices, and a plan to check."""

from typing import Any

Json = dict[str, Any]
OFFICE = [108.2356, 13.9833]

BY_COORDINATES: Json = {
    "vehicles": [
        {
            "id": 1,
            "description": "tuyến bắc",
            "start": OFFICE,
            "end": OFFICE,
            "capacity": [4, 30],
            "skills": [1, 14],
            "time_window": [28800, 43200],
            "breaks": [
                {"id": 1, "service": 300, "description": "nghỉ", "time_windows": [[32400, 34200], [36000, 37800]]}
            ],
            "costs": {"fixed": 50_000, "per_hour": 30_000, "per_km": 1_500, "per_task_hour": 2_000},
            "type": "xe máy",
            "profile": "motorbike",
            "max_tasks": 6,
            "max_travel_time": 14400,
            "max_distance": 150_000,
        },
        {
            "id": 2,
            "start": OFFICE,
            "capacity": [4, 30],
            "skills": [2, 14],
            "time_window": [28800, 43200],
            "speed_factor": 1.2,
            "breaks": [{"id": 2, "service": 300, "time_windows": [[34200, 36000]], "max_load": [3, 30]}],
        },
        {"id": 3, "end": OFFICE, "capacity": [2, 10], "time_window": [28800, 43200], "profile": "bike"},
    ],
    "jobs": [
        {
            "id": 1,
            "service": 300,
            "setup": 60,
            "delivery": [1, 5],
            "location": [108.20, 14.01],
            "skills": [1],
            "time_windows": [[32400, 36000]],
            "service_per_type": {"xe máy": 240},
            "setup_per_type": {"xe máy": 30},
        },
        {"id": 2, "service": 300, "pickup": [1, 2], "location": [108.25, 14.03], "skills": [1]},
        {"id": 3, "service": 300, "delivery": [1, 1], "location": [108.27, 13.97], "skills": [2], "priority": 100},
        {"id": 5, "service": 300, "delivery": [1, 0], "location": [108.22, 13.95], "skills": [14]},
        {
            "id": 6,
            "service": 300,
            "delivery": [1, 0],
            "location": [108.30, 13.99],
            "skills": [14],
            "description": "chợ",
        },
        {"id": 7, "service": 60, "pickup": [1, 1], "location": [108.24, 13.98]},
    ],
}

MATRIX = [[0, 2100, 200, 1300], [2090, 0, 2250, 3150], [195, 2260, 0, 1100], [1290, 3160, 1110, 0]]
BY_MATRICES: Json = {
    "vehicles": [{"id": 0, "start_index": 0, "end_index": 3}, {"id": 4, "start_index": 0, "profile": "bike"}],
    "jobs": [
        {"id": 1414, "location_index": 1, "location": [108.1, 13.9]},
        {"id": 1515, "location_index": 2, "setup": 90},
        {"id": 1616, "location_index": 2, "setup": 90},
    ],
    "matrices": {
        "car": {"durations": MATRIX, "distances": [[10 * way for way in row] for row in MATRIX]},
        "bike": {"durations": [[3 * way for way in row] for row in MATRIX], "costs": MATRIX},
    },
}

MIDNIGHT = 1_790_000_000
TO_CHECK: Json = {
    "vehicles": [
        {
            "id": 1,
            "start": OFFICE,
            "end": OFFICE,
            "capacity": [4],
            "time_window": [MIDNIGHT, MIDNIGHT + 10800],
            "steps": [
                {"type": "start"},
                {"type": "job", "id": 1},
                {"type": "job", "id": 2},
                {"type": "job", "id": 5},
                {"type": "end"},
            ],
        },
        {
            "id": 2,
            "start": OFFICE,
            "end": OFFICE,
            "capacity": [4],
            "time_window": [MIDNIGHT, MIDNIGHT + 10800],
            "breaks": [{"id": 9, "service": 600, "time_windows": [[MIDNIGHT + 3600, MIDNIGHT + 7200]]}],
            "steps": [
                {"type": "start", "service_after": MIDNIGHT + 60},
                {"type": "job", "id": 6, "service_at": MIDNIGHT + 1800},
                {"type": "break", "id": 9, "service_before": MIDNIGHT + 4000},
                {"type": "job", "id": 4},
                {"type": "end"},
            ],
        },
    ],
    "jobs": [
        {"id": 1, "delivery": [2], "service": 300, "location": [108.20, 14.01]},
        {"id": 2, "delivery": [2], "service": 300, "location": [108.25, 14.03]},
        {"id": 4, "delivery": [1], "service": 300, "location": [108.29, 13.95]},
        {"id": 5, "delivery": [3], "service": 300, "location": [108.22, 13.95]},
        {
            "id": 6,
            "delivery": [1],
            "service": 300,
            "location": [108.30, 13.99],
            "time_windows": [[MIDNIGHT + 3600, MIDNIGHT + 7200]],
        },
    ],
}
