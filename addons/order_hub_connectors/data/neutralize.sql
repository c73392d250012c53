-- A copy of a database must not fetch orders that the real one will fetch, tell
-- customers anything, or hold the keys to a shop.

-- all channels off; their addresses stay for reading and lead nowhere, also where
-- the address was the platform's own
UPDATE order_hub_channel
   SET intake_state = 'off',
       intake_reason = 'Copied database: switched off by neutralization',
       failed_logins = 0,
       receive_token = NULL,
       cursor = NULL,
       pull_next_at = NULL,
       base_url = 'https://neutralized.invalid/?was=' || COALESCE(base_url, '')
 WHERE base_url IS NULL
    OR base_url NOT LIKE 'https://neutralized.invalid/%';

-- no secret stays
UPDATE order_hub_channel_parameter
   SET sealed = NULL;

-- nothing waits to be told to a channel
DELETE FROM order_hub_outbox
 WHERE state <> 'sent';

-- no job goes on where the real database stands
UPDATE queue_job
   SET state = 'cancelled'
 WHERE state IN ('wait_dependencies', 'pending', 'enqueued', 'started')
   AND model_name LIKE 'order.hub.%';

-- no database of another system is read or written, and no password stays
UPDATE order_hub_erp
   SET state = 'off',
       reason = 'Copied database: switched off by neutralization',
       is_read_only = TRUE,
       allow_internal = FALSE,
       sealed = NULL,
       next_at = NULL;
DELETE FROM order_hub_erp_write
 WHERE state = 'waiting';
