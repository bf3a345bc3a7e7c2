-- Motorbikes on Vietnam's roads, from OSRM's own car profile: narrow, no faster than 50 km/h, never on an expressway
-- (Law on Road Traffic Order and Safety 2024), and at home on the paths between hamlets. The speeds are assumptions.

local car = require('car')

local function setup()
  local profile = car.setup()
  profile.vehicle_height, profile.vehicle_width = 1.8, 0.8
  profile.vehicle_length, profile.vehicle_weight = 2.0, 300
  profile.vehicle_max_speed = 50
  local highway = profile.speeds.highway
  highway.motorway, highway.motorway_link = nil, nil
  highway.track, highway.path = 12, 8
  for _, way in ipairs({'track', 'path'}) do
    profile.restricted_highway_whitelist[way] = true
  end
  profile.access_tag_whitelist['motorcycle'] = true
  profile.access_tags_hierarchy = Sequence { 'motorcycle', 'motor_vehicle', 'vehicle', 'access' }
  profile.restrictions = Sequence { 'motorcycle', 'motor_vehicle', 'vehicle' }
  return profile
end

return {
  setup = setup,
  process_way = car.process_way,
  process_node = car.process_node,
  process_turn = car.process_turn,
}
