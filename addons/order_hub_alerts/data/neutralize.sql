-- A copy of a database must not write into the group chats of the real one, tell its
-- people anything, or hold the keys to a chat.

-- all robots off, without address and secret
UPDATE order_hub_robot
   SET is_active = false,
       state = 'new',
       reason = 'Copied database: switched off by neutralization',
       address_sealed = NULL,
       secret_sealed = NULL,
       host = NULL;

-- nothing waits to be told
UPDATE order_hub_message
   SET state = 'given_up',
       next_try_at = NULL,
       sending_since = NULL,
       answer = 'Copied database: given up by neutralization'
 WHERE state IN ('waiting', 'failed');
