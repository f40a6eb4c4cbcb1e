namespace Caas.Engines.Redis;

/// <summary>The scripts that run inside Redis, each one atomic step.</summary>
internal static class RedisScripts
{
    /// <summary>What an ACL user must be allowed: what the scripts call, what the adapters call, and what the client asks.</summary>
    public const string Permissions =
        "+eval +evalsha +script|load +time +get +set +incrby +exists +pexpire +hset +hdel +hgetall +hmget +zadd +zrem"
        + " +zrangebyscore +spublish +ssubscribe +sunsubscribe +hello +ping +echo +info +client +cluster";

    /// <summary>
    /// GCRA. KEYS: the budget. ARGV: interval and burst in microseconds. Gives how long until the request would be
    /// taken (0: it was), and how much of the burst is used. Times stay below 2^53, where a Lua number is exact.
    /// </summary>
    public const string TakeFromBudget =
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
        local arrival = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
        local after = arrival + interval
        if after - now > burst then
          return { after - now - burst, arrival - now }
        end
        redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000))
        return { 0, after - now }
        """;

    /// <summary>
    /// Numbers a signal and publishes it. KEYS: the shard's counter. ARGV: its channel; 1, or 2 to leave a number out
    /// where one of this publisher's signals was lost; the frame without its head. Gives the number.
    /// </summary>
    public const string Publish = Advance +
        """

        local number = advance(ARGV[2])
        redis.call('SPUBLISH', ARGV[1], '\1' .. struct.pack('>I8', number) .. ARGV[3])
        return number
        """;

    /// <summary>
    /// Says the shard's number, once in a while whoever asks. KEYS: the shard's counter; the mark that it was said. ARGV:
    /// its channel; for how many milliseconds once is enough; 1 to leave a number out and say it now, else 0.
    /// </summary>
    public const string Beat = Advance +
        """

        if ARGV[3] == '0' and not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[2]) then
          return 0
        end
        local number = advance(ARGV[3])
        redis.call('SPUBLISH', ARGV[1], '\2' .. struct.pack('>I8', number))
        return number
        """;

    /// <summary>
    /// Says over how many shards a node divides the bus, unless somebody says another number. KEYS: the number. ARGV: this
    /// node's; for how many milliseconds it counts. Gives the other number, or 0.
    /// </summary>
    public const string AgreeOnShards =
        """
        local said = redis.call('GET', KEYS[1])
        if said and said ~= ARGV[1] then
          return tonumber(said)
        end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 0
        """;

    /// <summary>
    /// What a touch, a removal or a look does to a user. KEYS: the user; the index of who is due. ARGV: <c>touch</c>,
    /// <c>remove</c> or <c>look</c>; the user's name in the index; expiry, grace and memory in milliseconds; connection;
    /// status. Gives status and time where the presence changed, else nothing.
    /// </summary>
    public const string Presence =
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local act, expiry, grace = ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4])
        local function text(number) return string.format('%.0f', number) end
        if act == 'touch' then
          redis.call('HSET', KEYS[1], 'c:' .. ARGV[6], ARGV[7] .. ':' .. text(now + expiry), 'seen', text(now))
        elseif act == 'remove' then
          if redis.call('HDEL', KEYS[1], 'c:' .. ARGV[6]) == 0 then return false end
          redis.call('HSET', KEYS[1], 'seen', text(now), 'gone', text(now))
        end

        local best, due, announced, seen, gone = 0, nil, 0, '0', nil
        local fields = redis.call('HGETALL', KEYS[1])
        for i = 1, #fields, 2 do
          local name, value = fields[i], fields[i + 1]
          if name == 'announced' then announced = tonumber(value)
          elseif name == 'seen' then seen = value
          elseif name == 'gone' then gone = math.max(gone or 0, tonumber(value))
          else
            local status, ends = tonumber(string.sub(value, 1, 1)), tonumber(string.sub(value, 3))
            if ends <= now then
              redis.call('HDEL', KEYS[1], name)
              gone = math.max(gone or 0, ends - expiry)
            else
              best = math.max(best, status)
              due = math.min(due or ends, ends)
            end
          end
        end

        -- Nobody is missed where the others make up for it; else the status falls when the grace has passed.
        if best >= announced then gone = nil end
        local changed = false
        if act ~= 'remove' and best ~= announced and (not gone or gone + grace <= now) then
          changed, gone = true, nil
          redis.call('HSET', KEYS[1], 'announced', best)
        end
        if gone then
          redis.call('HSET', KEYS[1], 'gone', text(gone))
          due = math.min(due or gone + grace, gone + grace)
        else
          redis.call('HDEL', KEYS[1], 'gone')
        end

        if due then
          redis.call('ZADD', KEYS[2], text(due), ARGV[2])
          redis.call('PEXPIRE', KEYS[2], ARGV[5])
        else
          redis.call('ZREM', KEYS[2], ARGV[2])
        end
        redis.call('PEXPIRE', KEYS[1], ARGV[5])
        return changed and { best, tonumber(seen) }
        """;

    /// <summary>Who must be looked at now. KEYS: the index. ARGV: how many at the most.</summary>
    public const string PresenceDue =
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now), 'LIMIT', '0', ARGV[1])
        """;

    /// <summary>How users of one shard are. KEYS: they. Gives status and time of each, two numbers; 0 where unknown.</summary>
    public const string PresenceRead =
        """
        local read = {}
        for i, user in ipairs(KEYS) do
          local fields = redis.call('HMGET', user, 'announced', 'seen')
          read[2 * i - 1] = tonumber(fields[1] or 0)
          read[2 * i] = tonumber(fields[2] or 0)
        end
        return read
        """;

    private const string Advance =
        """
        local function advance(step)
          local number = redis.call('INCRBY', KEYS[1], step)
          if number <= 2 then
            local time = redis.call('TIME')
            number = time[1] * 1000000 + time[2]
            redis.call('SET', KEYS[1], string.format('%.0f', number))
          end
          return number
        end
        """;
}
