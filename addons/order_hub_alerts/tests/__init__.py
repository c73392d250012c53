from . import test_engine_bucket
from . import test_engine_digest
from . import test_engine_robots
from . import test_engine_robot_letters
from . import test_engine_radar
from . import test_engine_scores
from . import test_engine_risk_model
